"""The admin's forms; each calls the services that the commands call."""

from web.admin.pages import agencies, channels, closures, cycles, exports, holidays, imports, index, people, units

ROUTERS = (
    index.router,
    exports.router,
    agencies.router,
    units.router,
    people.router,
    channels.router,
    cycles.router,
    closures.router,
    holidays.router,
    imports.router,
)
