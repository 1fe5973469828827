"""python-statemachine over an SQLAlchemy row: one guarded transition, with a history row, in one transaction."""

import sys
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ForeignKey, create_engine, event, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from statemachine import State, StateMachine

from benchmarks.peers.turns import PRAGMAS, take_turns

TODAY = datetime.now(UTC).date()


class Base(DeclarativeBase):
    pass


class Candidacy(Base):
    __tablename__ = "candidacy"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int]
    target: Mapped[str]
    stage: Mapped[str]
    entered_on: Mapped[date]
    version: Mapped[int]


class History(Base):
    __tablename__ = "history"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacy.id"))
    before: Mapped[str]
    after: Mapped[str]
    at: Mapped[datetime]


class Pipeline(StateMachine):
    submission_administrative = State(initial=True)
    submission_desk = State(final=True)

    pass_administrative = submission_administrative.to(submission_desk, cond="dated")

    def dated(self) -> bool:
        return bool(self.model.entered_on <= TODAY)

    def on_pass_administrative(self, source: State, target: State, session: Session) -> None:
        self.model.entered_on = TODAY
        self.model.version += 1
        session.add(History(candidacy_id=self.model.id, before=source.id, after=target.id, at=datetime.now(UTC)))


def main(path: str, rows: int) -> None:
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(
            insert(Candidacy),
            [
                {
                    "code": f"U{number}-2026",
                    "unit_id": number,
                    "target": "WBK",
                    "stage": "submission_administrative",
                    "entered_on": date(2026, 6, 1),
                    "version": 0,
                }
                for number in range(1, rows + 1)
            ],
        )
        session.commit()

    def move(number: int) -> None:
        with Session(engine) as session:
            query = select(Candidacy).where(Candidacy.code == f"U{number}-2026").with_for_update()
            machine = Pipeline(session.execute(query).scalar_one(), state_field="stage")
            machine.send("pass_administrative", session=session)
            session.commit()

    take_turns(move, iter(range(1, rows + 1)))
    with Session(engine) as session:
        moved = session.query(Candidacy).filter_by(stage="submission_desk").count()
        if moved != session.query(History).count():
            raise SystemExit(f"{moved} moves and another number of history rows")


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
