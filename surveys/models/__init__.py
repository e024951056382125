"""Surveys: the instrument, its fielding in waves, and what agencies answer."""

from surveys.models.capping import CapChange
from surveys.models.fielding import Invitation, Wave, WaveQuerySet
from surveys.models.inquiry import Inquiry, InquiryQuerySet
from surveys.models.instrument import (
    READ_BY_ALL,
    READ_BY_MEMBERS,
    Choice,
    Question,
    Section,
    SharingLevel,
    Survey,
    SurveyQuerySet,
)
from surveys.models.mutual import MutualSection
from surveys.models.release import Audit, Figure, FigureQuerySet, Release, Withdrawal
from surveys.models.response import (
    Answer,
    AnswerFile,
    AnswerFileQuerySet,
    AnswerQuerySet,
    AnswerRevision,
    Reopening,
    Response,
    ResponseQuerySet,
)
from surveys.models.teamwork import Comment, CommentQuerySet, SectionWork

__all__ = [
    "READ_BY_ALL",
    "READ_BY_MEMBERS",
    "Answer",
    "AnswerFile",
    "AnswerFileQuerySet",
    "AnswerQuerySet",
    "AnswerRevision",
    "Audit",
    "CapChange",
    "Choice",
    "Comment",
    "CommentQuerySet",
    "Figure",
    "FigureQuerySet",
    "Inquiry",
    "InquiryQuerySet",
    "Invitation",
    "MutualSection",
    "Question",
    "Release",
    "Reopening",
    "Response",
    "ResponseQuerySet",
    "Section",
    "SectionWork",
    "SharingLevel",
    "Survey",
    "SurveyQuerySet",
    "Wave",
    "WaveQuerySet",
    "Withdrawal",
]
