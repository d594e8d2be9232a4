"""Every table of the product, for migrations and the tests that look at all of them."""

import collimate.access.models
import collimate.annotations.models
import collimate.datasets.models
import collimate.jobs.models
import collimate.learning.models
import collimate.projects.models
import collimate.prompts.models
import collimate.reviews.models
import collimate.studies.models
import collimate.studies.texts.models
import collimate.tasks.models  # noqa: F401
from collimate.kit.database import Table

metadata = Table.metadata
