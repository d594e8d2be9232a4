"""Thumbnails of studies, series and instances (PS3.18 10.4.1.1.4): JPEG, made at ingest."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from collimate.kit.http import SessionDep
from collimate.studies.dicomweb.accept import JPEG, Offer, accept_of, choose
from collimate.studies.dicomweb.door import SeenInstance, SeenSeries, SeenStudy
from collimate.studies.dicomweb.frame_index import InstanceNotFound
from collimate.studies.dicomweb.pictures import stored_picture
from collimate.studies.dicomweb.retrieve import INSTANCE, SERIES, STUDY
from collimate.studies.models import Study
from collimate.studies.show import thumbnail_of

router = APIRouter()
THUMBNAIL = (Offer("single", JPEG),)


@router.get(STUDY + "/thumbnail", response_class=Response)
def study_thumbnail(request: Request, session: SessionDep, study: SeenStudy) -> Response:
    choose(accept_of(request), THUMBNAIL)
    return stored_picture(request, thumbnail_of(session, session.get_one(Study, study.study_id)))


@router.get(SERIES + "/thumbnail", response_class=Response)
def series_thumbnail(request: Request, series: SeenSeries) -> Response:
    instances = list(series.instances.values())
    if not instances:
        raise InstanceNotFound()
    choose(accept_of(request), THUMBNAIL)
    return stored_picture(request, instances[len(instances) // 2].thumbnail_sha256)


@router.get(INSTANCE + "/thumbnail", response_class=Response)
def instance_thumbnail(request: Request, instance: SeenInstance) -> Response:
    choose(accept_of(request), THUMBNAIL)
    return stored_picture(request, instance.thumbnail_sha256)
