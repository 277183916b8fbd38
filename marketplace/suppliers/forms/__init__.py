"""What suppliers and reviewers type about suppliers."""

from marketplace.suppliers.forms.applying import ApplicationForm, said_of
from marketplace.suppliers.forms.deciding import NoteForm
from marketplace.suppliers.forms.papers import PaperForm

__all__ = ["ApplicationForm", "NoteForm", "PaperForm", "said_of"]
