"""Many requests at once wait their turn instead of waiting for each other."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from collimate.kit.database import open_session
from tests.factories import make_member, make_project
from tests.live import running


def test_two_hundred_requests_at_once_are_all_answered(database, tmp_path):
    from collimate.access import sign_in

    with open_session() as session:
        project = make_project(session)
        reader = make_member(session, project=project)
        _, secret = sign_in.new_token(session, reader, "load")
    headers = {"authorization": f"Bearer {secret}"}
    every_connection = httpx.Limits(max_connections=None)
    with (
        running("web", home=tmp_path / "home", database_url=database) as address,
        httpx.Client(headers=headers, timeout=60, limits=every_connection) as browser,
        ThreadPoolExecutor(100) as pool,
    ):

        def ask(_number):
            return browser.get(f"{address}/api/projects").status_code

        answers = list(pool.map(ask, range(200)))
    assert answers == [200] * 200
