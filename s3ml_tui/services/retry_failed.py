"""Planning once more what failed: with what is there now, since a plan that has seen something else is refused."""

from s3ml_tui.domain.plans.alias import MoveAlias
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.download_share import DownloadFile
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, Plan, RemoveMarker, UploadFile
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.services.objects.batch import MOST
from s3ml_tui.services.session import Services


def plan_again(services: Services, plan: Plan) -> Plan:
    """The same request, planned now; a plan that needs no look, or too many of them, stays as it is.

    Not for the undo of something: that it is refused when somebody changed what was made is its purpose.
    Raises what planning raises.
    """
    match plan:
        case DeleteObject():
            return services.objects.plan_delete(plan.key)
        case UploadFile():
            return services.objects.plan_upload(plan.path, plan.key)
        case DownloadFile():
            is_over = plan.replaces is not None
            return services.objects.plan_download(plan.key, plan.path, plan.version_id, overwrite=is_over)
        case CopyForward():
            history = services.versions.whole_history(plan.key)
            return services.versions.plan_bring_back(history, history.find(plan.source.version_id) or plan.source)
        case RemoveMarker():
            return services.versions.plan_undelete(services.versions.whole_history(plan.key))
        case DeleteMany() if len(plan.plans) <= MOST:
            return services.many.plan_delete([single.key for single in plan.plans])
        case BringBackMany() if len(plan.plans) <= MOST:
            return services.many.plan_bring_back([single.key for single in plan.plans])
        case MoveAlias():
            return services.models.plan_promote(plan.workspace, plan.alias, plan.number)
        case MoveFiles():
            return services.transfers.plan(plan.transfer_request)
    return plan
