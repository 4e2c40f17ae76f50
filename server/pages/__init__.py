"""Pages that join several features: the landing page and the dashboards; and the demo data."""
