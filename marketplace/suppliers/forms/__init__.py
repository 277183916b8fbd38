"""What suppliers and reviewers type about suppliers."""

from marketplace.suppliers.forms.applying import (
    FORMS,
    BeginForm,
    ChangeForm,
    ContactForm,
    EntityForm,
    GrowerForm,
    StepForm,
    StoryForm,
    said_of,
)
from marketplace.suppliers.forms.deciding import NoteForm
from marketplace.suppliers.forms.declaring import DeclarationForm, declaration_form
from marketplace.suppliers.forms.owning import AccountForm, ColleagueForm, ConfirmForm
from marketplace.suppliers.forms.papers import PaperForm, paper_form
from marketplace.suppliers.forms.waiving import WaiverForm

__all__ = [
    "FORMS",
    "AccountForm",
    "BeginForm",
    "ChangeForm",
    "ColleagueForm",
    "ConfirmForm",
    "ContactForm",
    "DeclarationForm",
    "EntityForm",
    "GrowerForm",
    "NoteForm",
    "PaperForm",
    "StepForm",
    "StoryForm",
    "WaiverForm",
    "declaration_form",
    "paper_form",
    "said_of",
]
