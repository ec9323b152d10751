"""Every address of the product, in one table. Each name has its row in access.toml, or the start-up check fails."""

from django.urls import URLPattern, path

from dutyroom.web import api, assets, entrance, health, planpage, poster, report

urlpatterns: list[URLPattern] = [
    path("static/<str:name>", assets.serve, name="static"),
    path("sw.js", report.service_worker, name="service_worker"),
    path("", entrance.home, name="home"),
    path("health", health.health, name="health"),
    path("language", entrance.language, name="language"),
    path("r/<str:code>", report.report, name="report"),
    path("r/<str:code>/phone", report.by_phone, name="report_phone"),
    path("r/<str:code>/poster", poster.poster, name="poster"),
    path("r/<str:code>/qr.svg", poster.qr, name="poster_qr"),
    path("api/reports", api.reports, name="api_reports"),
    path("api/cases/<uuid:case>/acts", api.acts, name="api_acts"),
    path("in/<str:token>", entrance.sign_in, name="sign_in"),
    path("out", entrance.sign_out, name="sign_out"),
    path("plan/<str:code>", planpage.plan, name="plan"),
    path("people/<uuid:person>/invite", entrance.invite, name="invite"),
]

handler400 = "dutyroom.web.errors.bad_request"
handler403 = "dutyroom.web.errors.forbidden"
handler404 = "dutyroom.web.errors.not_found"
handler500 = "dutyroom.web.errors.failed"
