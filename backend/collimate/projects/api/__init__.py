"""Routes of projects, and the dependency every later station authorises with."""

from fastapi import APIRouter

from collimate.projects.api import audit, deidentification, events, jobs, projects, session
from collimate.projects.api.door import project_for

__all__ = ["project_for", "router"]

router = APIRouter()
for part in (session, projects, deidentification, jobs, audit, events):
    router.include_router(part.router)
