"""What a form brought: a file, checked and stored, or a link."""

from starlette.datastructures import UploadFile

from models.files import store
from states.documents import Content, checked_link
from web.desk import WebDesk


def content_of(upload: UploadFile | None, link: str, desk: WebDesk) -> Content | None:
    """None where neither was given; the file where both were. Raises BadInput for what can't be taken."""
    if upload is not None and upload.filename:
        name = upload.filename
        return Content(file=store(upload.file, name=name, folder=desk.home.files, limit=desk.home.upload_limit))
    return Content(url=checked_link(link.strip())) if link.strip() else None
