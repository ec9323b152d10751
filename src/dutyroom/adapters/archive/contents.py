"""The names that the parts of an archive have inside the bag; shared by what writes and what verifies."""

FORMAT = "dutyroom-archive-1"

RECORD, PROOFS, CHECKPOINT = "data/record.jsonl", "data/proofs.json", "data/checkpoint.txt"
PUBLIC_KEY, ABOUT, PLAN = "data/public-key.txt", "data/package.json", "data/plan.yaml"
ROSTER, PEOPLE, DELIVERIES = "data/roster.yaml", "data/people-in-role.json", "data/deliveries.json"
REVIEW_DATA, REVIEW_PDF, REVIEW_DOCX = "data/review.json", "data/review.pdf", "data/review.docx"
README, PHOTOS = "data/README.txt", "data/photos/"
DUTY = "data/duty.json"  # archives made before it was kept have none
REQUIRED = (
    RECORD, PROOFS, CHECKPOINT, PUBLIC_KEY, ABOUT, PLAN, ROSTER, PEOPLE, DELIVERIES, REVIEW_DATA, REVIEW_PDF,
    REVIEW_DOCX, README,
)  # fmt: skip


def bag_name(case_id: str) -> str:
    """The name of the bag's folder, and of its zip without the ending."""
    return f"dutyroom-{case_id}"
