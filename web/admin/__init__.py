"""The admin: lists by starlette-admin, and forms of ours by which services change what they show."""
