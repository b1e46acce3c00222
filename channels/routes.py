"""Every REST operation. Where two could match one address, the one that stands first does."""

from channels import (
    rest_desk,
    rest_exchange,
    rest_filters,
    rest_groups,
    rest_lab,
    rest_media,
    rest_members,
    rest_overview,
    rest_packs,
    rest_people,
    rest_replay,
    rest_reports,
    rest_rules,
    rest_sessions,
    rest_staff,
    rest_stats,
    rest_tags,
    rest_talk,
)
from channels.route import Route

ROUTES: tuple[Route, ...] = (
    *rest_sessions.ROUTES,
    *rest_people.ROUTES,
    *rest_tags.ROUTES,
    *rest_staff.ROUTES,
    *rest_talk.ROUTES,
    *rest_desk.ROUTES,
    *rest_rules.ROUTES,
    *rest_lab.ROUTES,
    *rest_replay.ROUTES,
    *rest_stats.ROUTES,
    *rest_overview.ROUTES,
    *rest_packs.ROUTES,
    *rest_exchange.ROUTES,
    *rest_groups.ROUTES,
    *rest_members.ROUTES,
    *rest_filters.ROUTES,
    *rest_reports.ROUTES,
    *rest_media.ROUTES,
)
