"""Every address of the product, in one table. Each name has its row in access.toml, or the start-up check fails."""

from django.urls import URLPattern, path

from dutyroom.web import api, assets, board, callback, duty, entrance, health, planpage, poster, report
from dutyroom.web.audited import pages as audited
from dutyroom.web.calendars import api as warnings_api
from dutyroom.web.calendars import pages as calendar
from dutyroom.web.calendars import warnings
from dutyroom.web.case import pages as case
from dutyroom.web.cover import pages as cover
from dutyroom.web.drafting import pages as drafting
from dutyroom.web.drilling import board as drill_board
from dutyroom.web.drilling import pages as drills
from dutyroom.web.drilling import report as drill_report
from dutyroom.web.dutyday import answer as dutyday_answer
from dutyroom.web.dutyday import handover as dutyday_handover
from dutyroom.web.dutyday import inbound as dutyday_inbound
from dutyroom.web.dutyday import pages as dutyday
from dutyroom.web.dutyday import report as daily_report
from dutyroom.web.dutyday import rounds as dutyday_rounds
from dutyroom.web.dutyday import trend as dutyday_trend
from dutyroom.web.people import importing, own, tree
from dutyroom.web.people import pages as people
from dutyroom.web.planning import editing, editions, printing, whatif
from dutyroom.web.roster import away as roster_away
from dutyroom.web.roster import changes as roster_changes
from dutyroom.web.roster import feeds as roster_feeds
from dutyroom.web.roster import making as roster_making
from dutyroom.web.roster import pages as roster
from dutyroom.web.roster import table as roster_table

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
    path("callback/<str:channel>", callback.callback, name="callback"),
    path("inbound/<str:channel>", dutyday_inbound.receive, name="inbound"),
    path("in/<str:token>", entrance.sign_in, name="sign_in"),
    path("out", entrance.sign_out, name="sign_out"),
    path("plan/<str:code>", planpage.plan, name="plan"),
    path("plan/<str:code>/what-if", whatif.page, name="plan_what_if"),
    path("plan/<str:code>/cover", cover.page, name="plan_cover"),
    path("plan/<str:code>/cover/ask", cover.ask, name="plan_cover_ask"),
    path("plan/<str:code>/cover/holes/<uuid:hole>", cover.accept, name="plan_cover_accept"),
    path("plan/<str:code>/cover/<uuid:proof>/<str:hole>.yaml", cover.drill, name="plan_cover_drill"),
    path("plan/<str:code>/audits", audited.group, name="plan_audits"),
    path("plan/<str:code>/editions", editions.page, name="plan_editions"),
    path("plan/<str:code>/editions/<uuid:edition>/plan.yaml", editions.text, name="plan_text"),
    path("plan/<str:code>/editions/<uuid:old>/<uuid:new>", editions.differences, name="plan_diff"),
    path("plan/<str:code>/draft/changes", editions.draft_differences, name="plan_draft_diff"),
    path("plan/<str:code>/print/<str:form>", printing.file, name="plan_print"),
    path("plan/<str:code>/edit", editing.edit, name="plan_edit"),
    path("plan/<str:code>/paper", drafting.page, name="plan_draft"),
    path("plan/<str:code>/findings", editing.findings, name="plan_findings"),
    path("plan/<str:code>/approve", editing.approve, name="plan_approve"),
    path("plan/<str:code>/drills", drills.listing, name="drills"),
    path("plan/<str:code>/drills/start", drills.start, name="drill_start"),
    path("plan/<str:code>/drills/exercise", drills.exercise, name="drill_exercise"),
    path("plan/<str:code>/drills/<uuid:drill>", drills.result, name="drill"),
    path("plan/<str:code>/drills/<uuid:drill>/hush", drills.hush, name="drill_hush"),
    path("plan/<str:code>/drills/<uuid:drill>/board", drill_board.page, name="drill_board"),
    path("plan/<str:code>/drills/<uuid:drill>/report", drill_report.page, name="drill_report"),
    path(
        "plan/<str:code>/drills/<uuid:drill>/report.<str:form>", drill_report.file, name="drill_report_file"
    ),
    path("roster/<str:code>", roster.page, name="roster"),
    path("roster/<str:code>/turns/<int:turn>", roster_changes.turn, name="roster_turn"),
    path("roster/<str:code>/change", roster_changes.change, name="roster_change"),
    path("roster/<str:code>/changes", roster_changes.listing, name="roster_changes"),
    path("roster/<str:code>/changes/<uuid:change>", roster_changes.answer, name="roster_answer"),
    path("roster/<str:code>/away", roster_away.away, name="roster_away"),
    path("roster/<str:code>/make", roster_making.make, name="roster_make"),
    path("roster/<str:code>/drafts/<uuid:draft>", roster_making.draft, name="roster_draft"),
    path("roster/<str:code>/drafts/<uuid:draft>/roster.yaml", roster_making.text, name="roster_draft_text"),
    path("roster/<str:code>/feeds", roster_feeds.listing, name="roster_feeds"),
    path("roster/<str:code>/table", roster_table.table, name="roster_table"),
    path("feed/<str:token>.ics", roster_feeds.feed, name="roster_feed"),
    path("calendar/<str:code>", calendar.page, name="calendar"),
    path("calendar/<str:code>/declare", calendar.declare_period, name="calendar_declare"),
    path("calendar/<str:code>/withdraw/<uuid:declared>", calendar.withdraw_period, name="calendar_withdraw"),
    path("calendar/<str:code>/notice", calendar.notice, name="calendar_notice"),
    path("warnings/<str:code>", warnings.page, name="warnings"),
    path("warnings/<str:code>/receive", warnings.take_in, name="warning_receive"),
    path("warnings/<str:code>/feeds", warnings.feeds, name="warning_feeds"),
    path("warnings/<str:code>/<uuid:warning>", warnings.decide, name="warning_decide"),
    path("api/warnings", warnings_api.receive_warning, name="api_warnings"),
    path("people", people.people, name="people"),
    path("people/<uuid:person>", people.person, name="person"),
    path("people/<uuid:person>/change", people.change, name="person_change"),
    path("people/<uuid:person>/invite", people.invite, name="invite"),
    path("me", own.me, name="me"),
    path("me/change", own.change, name="me_change"),
    path("me/leave", own.leave, name="me_leave"),
    path("sites", tree.sites, name="sites"),
    path("sites/add", tree.add, name="site_add"),
    path("sites/<str:code>/end", tree.end, name="site_end"),
    path("sites/<str:code>/people/import", importing.upload, name="people_import"),
    path("sites/<str:code>/people/confirm", importing.confirm, name="people_confirm"),
    path("sites/<str:code>/people.xlsx", importing.export, name="people_export"),
    path("board", board.page, name="board"),
    path("duty", duty.page, name="duty"),
    path("today", daily_report.page, name="dutyday_report"),
    path("today/send", daily_report.send, name="dutyday_send"),
    path("today/kept", daily_report.kept, name="dutyday_kept"),
    path("today/answer/<uuid:case>", dutyday_answer.page, name="dutyday_answer"),
    path("today/day/<uuid:case>", dutyday.of_case, name="dutyday_case"),
    path("today/day/<uuid:case>/act", dutyday.do, name="dutyday_act"),
    path("today/day/<uuid:case>/mark", dutyday.mark, name="dutyday_mark"),
    path("today/day/<uuid:case>/summary.pdf", dutyday.pdf, name="dutyday_pdf"),
    path("today/day/<uuid:case>/handover", dutyday_handover.page, name="dutyday_handover"),
    path("day/<str:code>", dutyday.of_site, name="dutyday"),
    path("rounds/<str:code>", dutyday_rounds.listing, name="dutyday_rounds"),
    path("rounds/<str:code>/begin", dutyday_rounds.begin, name="dutyday_begin"),
    path("rounds/<str:code>/trend", dutyday_trend.page, name="dutyday_trend"),
    path("round/<uuid:case>", dutyday_rounds.one, name="dutyday_round"),
    path("duty/<uuid:case>/act", duty.do, name="duty_act"),
    path("c/<uuid:case>", case.page, name="case"),
    path("c/<uuid:case>/audit", audited.page, name="case_audit"),
    path("c/<uuid:case>/audit/justify", audited.justify, name="case_justify"),
    path("c/<uuid:case>/act", case.do, name="case_act"),
    path("c/<uuid:case>/waive", case.release, name="case_waive"),
    path("c/<uuid:case>/blob/<uuid:blob>", case.blob, name="case_blob"),
    path("c/<uuid:case>/unseal/<uuid:blob>", case.unseal, name="case_unseal"),
    path("c/<uuid:case>/archive", case.archive, name="case_archive"),
]

handler400 = "dutyroom.web.errors.bad_request"
handler403 = "dutyroom.web.errors.forbidden"
handler404 = "dutyroom.web.errors.not_found"
handler500 = "dutyroom.web.errors.failed"
