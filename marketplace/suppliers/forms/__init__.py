"""What suppliers and reviewers type about suppliers."""

from marketplace.suppliers.forms.applying import ApplicationForm, said_of
from marketplace.suppliers.forms.deciding import NoteForm
from marketplace.suppliers.forms.papers import PaperForm, paper_form

__all__ = ["ApplicationForm", "NoteForm", "PaperForm", "paper_form", "said_of"]
