"""The import names are ours alone: the directory names are what the code says."""

import importlib.metadata

import pytest

IMPORT_NAMES = ["config", "server", "media", "recommender", "web"]


@pytest.mark.parametrize("name", IMPORT_NAMES)
def test_import_name_belongs_to_this_distribution_alone(name):
    assert set(importlib.metadata.packages_distributions()[name]) == {"peerlearn"}


@pytest.mark.parametrize("name", IMPORT_NAMES)
def test_package_is_found_beside_this_test(name, pytestconfig):
    module = __import__(name)
    assert module.__path__[0] == str(pytestconfig.rootpath / name)
