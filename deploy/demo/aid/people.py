"""The people of the practice aid office: a script says what each of them answers, and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deploy.demo.aid.world import AidWorld, Answer
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import ASKED, CaseKind, ExceptionCase
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.answer_case import Filled, answer_case, approve_case
from deskhand.use_cases.desk import Word
from deskhand.use_cases.sealing import fields_context, open_json
from deskhand.use_cases.tell_story import revealed_case

_MANY = 10_000
_WHY = "as the demo's script says"


@dataclass(slots=True)
class ScriptedPeople:
    """Answers every question that is open, as the world's script has it.

    Each answer is a person's word like any other: checked, sealed, recorded under their name.
    """

    place: Workplace
    world: AidWorld
    say: Callable[[str], None]
    answers: int = 0
    approvals: int = 0

    def speak(self) -> int:
        """Answer what is open now; return how many questions that were."""
        scripted = self._scripts()
        with self.place.store.reading() as tx:
            asked = [
                case
                for case in tx.cases.find(CaseFilter(unclosed=True), limit=_MANY)
                if case.kind in ASKED
            ]
        for case in asked:
            self._answer(case, scripted[self._student(case)])
        return len(asked)

    def _answer(self, case: ExceptionCase, script: Answer) -> None:
        approval = case.kind is CaseKind.APPROVAL
        name = str(script.approved_by) if approval else script.by
        by = human(name)
        self._look(case, by)
        word = Word(case=case.id, by=by, reason=_WHY)
        if approval:
            approve_case(word, desk=self.place.desk)
            self.approvals += 1
            self.say(f"{name} (scripted) approves a correction")
        else:
            answer_case(word, Filled(values=script.gives), desk=self.place.desk)
            self.answers += 1
            self.say(f"{name} (scripted) answers a question: {script.gives['decision']}")

    def _look(self, case: ExceptionCase, by: Actor) -> None:
        """Look at the facts before answering, as a person does; it is recorded."""
        place = self.place
        revealed_case(
            case.id,
            by=by,
            store=place.store,
            seal=place.seal,
            library=place.library,
            clock=place.clock,
        )

    def _scripts(self) -> Mapping[str, Answer]:
        of_kind = {answer.kind: answer for answer in self.world.answers}
        return {
            file.student.student_id: of_kind[file.kind]
            for file in self.world.files
            if file.kind in of_kind
        }

    def _student(self, case: ExceptionCase) -> str:
        if case.item is None:
            raise ValueError("a question is always about an item")
        with self.place.store.reading() as tx:
            item = tx.items.get(case.item)
        fields = open_json(
            item.sealed_fields, seal=self.place.seal, context=fields_context(item.id)
        )
        return str(fields["student_id"])
