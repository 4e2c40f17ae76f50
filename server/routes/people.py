"""The addresses of people."""

from __future__ import annotations

from server.people import api as people_api
from server.people import (
    availability_api,
    credential_api,
    credential_views,
    evidence,
    profile_views,
    role_views,
)
from server.people import editor as people_editor
from server.people import settings as people_settings
from server.people import views as people_views
from server.people.assessment import api as assessment_api
from server.people.assessment import views as assessment_views
from server.people.pictures import MAX_BYTES
from server.routes.table import ANYONE, API, EVERYBODYS, MENTOR, OWN, SIGNED_IN, Route

PICTURE_BODY = MAX_BYTES + 64 * 1024  # a picture, and what a form puts around it
EVIDENCE_BODY = evidence.MAX_BYTES + 64 * 1024
CREDENTIALS = credential_views.PAGE
ASSESSMENTS = f"{API}/users/me/assessments"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/auth/register", people_views.register_page, ANYONE),
    Route("POST", "/auth/register", people_views.register, ANYONE, token_free=True),
    Route("POST", f"{API}/auth/register", people_api.register, ANYONE, token_free=True),
    Route("GET", "/profile/edit/mentor", people_editor.mentor_page, MENTOR),
    Route("POST", "/profile/edit/mentor", people_editor.change_mentor, MENTOR),
    Route("POST", "/profile/edit/mentor/withdraw", people_editor.withdraw_change, MENTOR),
    Route("GET", role_views.PAGE, role_views.role_page, SIGNED_IN),
    Route("POST", role_views.PAGE, role_views.take_up, SIGNED_IN),
    Route("GET", "/profile/edit/basic", people_settings.basic_page, SIGNED_IN),
    Route("POST", "/profile/edit/basic", people_settings.change_basic, SIGNED_IN),
    Route("GET", "/profile/edit/skills", people_settings.skills_page, SIGNED_IN),
    Route("POST", "/profile/edit/skills", people_settings.change_skills, SIGNED_IN),
    Route("GET", "/profile/edit/picture", people_settings.picture_page, SIGNED_IN),
    Route("POST", "/profile/edit/picture", people_settings.change_picture, SIGNED_IN, most=PICTURE_BODY),
    Route("GET", CREDENTIALS, credential_views.credentials_page, SIGNED_IN),
    Route("POST", CREDENTIALS, credential_views.add, SIGNED_IN, most=EVIDENCE_BODY),
    Route("POST", f"{CREDENTIALS}/{{id}}", credential_views.remove, SIGNED_IN, OWN),
    Route("GET", f"{CREDENTIALS}/{{id}}/file", credential_views.own_file, SIGNED_IN, OWN),
    Route("GET", "/profile/edit/privacy", people_settings.privacy_page, SIGNED_IN),
    Route("POST", "/profile/edit/privacy", people_settings.change_privacy, SIGNED_IN),
    Route("GET", "/profile/assess/{skill}", assessment_views.assessment_page, SIGNED_IN, EVERYBODYS),
    Route("POST", "/profile/assess/{skill}", assessment_views.change_assessment, SIGNED_IN, EVERYBODYS),
    Route("GET", "/profile/{username}", profile_views.profile_page, ANYONE, EVERYBODYS),
    Route("GET", "/profile/{username}/followers", profile_views.followers_page, ANYONE, EVERYBODYS),
    Route("GET", "/profile/{username}/following", profile_views.following_page, ANYONE, EVERYBODYS),
    Route("POST", "/profile/{username}/follow", profile_views.change_follow, SIGNED_IN, EVERYBODYS),
    Route("POST", "/profile/{username}/block", profile_views.change_block, SIGNED_IN, EVERYBODYS),
    Route("GET", "/media/pictures/{name}", profile_views.picture, ANYONE, EVERYBODYS),
    Route("POST", "/dashboard/learner/tour", profile_views.change_learner_tour, SIGNED_IN),
    Route("POST", "/dashboard/mentor/tour", profile_views.change_mentor_tour, MENTOR),
    Route("GET", f"{API}/users/me", people_api.me, SIGNED_IN),
    Route("PATCH", f"{API}/users/me", people_api.change_me, SIGNED_IN),
    Route("POST", f"{API}/users/me/roles", people_api.take_role, SIGNED_IN),
    Route("GET", f"{API}/users/me/skills", people_api.skills, SIGNED_IN),
    Route("PUT", f"{API}/users/me/skills", people_api.replace_skills, SIGNED_IN),
    Route("GET", f"{API}/users/me/availability", availability_api.availability, MENTOR),
    Route("PUT", f"{API}/users/me/availability", availability_api.change_availability, MENTOR),
    Route("PUT", f"{API}/users/me/avatar", people_api.replace_picture, SIGNED_IN, most=PICTURE_BODY),
    Route("DELETE", f"{API}/users/me/avatar", people_api.remove_picture, SIGNED_IN),
    Route("GET", f"{API}/users/me/credentials", credential_api.own_credentials, SIGNED_IN),
    Route(
        "POST",
        f"{API}/users/me/credentials",
        credential_api.add_credential,
        SIGNED_IN,
        most=EVIDENCE_BODY,
    ),
    Route(
        "DELETE", f"{API}/users/me/credentials/{{id}}", credential_api.remove_credential, SIGNED_IN, OWN
    ),
    Route("GET", f"{API}/users/me/privacy", people_api.privacy, SIGNED_IN),
    Route("PUT", f"{API}/users/me/privacy", people_api.change_privacy, SIGNED_IN),
    Route("GET", f"{API}/users/me/blocked", people_api.blocked, SIGNED_IN),
    Route("GET", f"{ASSESSMENTS}/{{skill}}", assessment_api.assessment, SIGNED_IN, EVERYBODYS),
    Route("POST", f"{ASSESSMENTS}/{{skill}}", assessment_api.start_assessment, SIGNED_IN, EVERYBODYS),
    Route(
        "PUT", f"{ASSESSMENTS}/{{skill}}/answers", assessment_api.answer_assessment, SIGNED_IN, EVERYBODYS
    ),
    Route(
        "POST", f"{ASSESSMENTS}/{{skill}}/finish", assessment_api.finish_assessment, SIGNED_IN, EVERYBODYS
    ),
    Route("GET", f"{API}/users/{{username}}", people_api.profile, ANYONE, EVERYBODYS),
    Route("GET", f"{API}/users/{{username}}/followers", people_api.followers, ANYONE, EVERYBODYS),
    Route("GET", f"{API}/users/{{username}}/following", people_api.following, ANYONE, EVERYBODYS),
    Route("POST", f"{API}/users/{{username}}/follow", people_api.follow, SIGNED_IN, EVERYBODYS),
    Route("DELETE", f"{API}/users/{{username}}/follow", people_api.unfollow, SIGNED_IN, EVERYBODYS),
    Route("POST", f"{API}/users/{{username}}/block", people_api.block, SIGNED_IN, EVERYBODYS),
    Route("DELETE", f"{API}/users/{{username}}/block", people_api.unblock, SIGNED_IN, EVERYBODYS),
    Route("GET", f"{API}/skills", people_api.taxonomy, ANYONE),
)
