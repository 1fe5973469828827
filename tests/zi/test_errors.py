"""Bad input: one line with what to do, the right exit code, and nothing half written."""

import json
import os
import subprocess
import sys

import pytest

from models.home import MARKER
from tests.zi.conftest import CALENDAR, CONTOH, Shell

K = "koordinator"
LINK = "https://berkas.contoh.invalid/x"

UNKNOWN = [
    (("candidacy", "move", "RSUD-2026", "terbang"), 2, "usage"),
    (("candidacy", "move", "select_unit"), 2, "usage"),
    (("candidacy", "move", "RSUD-2026", "RSUD-2026", "select_unit"), 2, "usage"),
    (("candidacy", "move", "TIDAK-2026", "select_unit"), 4, "not_found"),
    (("candidacy", "show", "TIDAK-2026"), 4, "not_found"),
    (("candidacy", "why", "TIDAK-2026"), 4, "not_found"),
    (("candidacy", "list", "--stage", "surga"), 2, "usage"),
    (("candidacy", "list", "--warna", "merah"), 2, "usage"),
    (("candidacy", "open", "TIDAK", "CONTOH-2026", "--target", "WBK"), 4, "not_found"),
    (("candidacy", "open", "DINAS", "CONTOH-2031", "--target", "WBK"), 4, "not_found"),
    (("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "EMAS"), 2, "usage"),
    (("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", "--stage", "surga"), 2, "usage"),
    (("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", "--since", "31/05/2026"), 2, "usage"),
    (("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", "--after", "RSUD-2026"), 2, "bad_input"),
    (("candidacy", "move", "RSUD-2026", "withdraw", "--effective", "besok"), 2, "usage"),
    (("candidacy", "move", "RSUD-2026", "select_unit", "--set", "warna=merah"), 2, "usage"),
    (("candidacy", "move", "RSUD-2026", "select_unit", "--set", "warna"), 2, "usage"),
    (("candidacy", "move", "RSUD-2026", "select_unit", "--document", f"surat_cinta={LINK}"), 2, "usage"),
    (
        ("candidacy", "move", "RSUD-2026", "select_unit", *(2 * ("--document", f"pakta_integritas={LINK}"))),
        2,
        "bad_input",
    ),
    (("document", "add", "TIDAK", "lhe", LINK), 4, "not_found"),
    (("document", "add", "planet:RSUD", "lhe", LINK), 2, "usage"),
    (("document", "add", "RSUD-2026", "surat_cinta", LINK), 2, "usage"),
    (("document", "add", "RSUD-2026", "piagam_pencanangan", "ftp://contoh.invalid/x"), 2, "bad_input"),
    (("document", "add", "RSUD-2026", "piagam_pencanangan", "javascript:alert(1)"), 2, "bad_input"),
    (("document", "add", "RSUD-2026", "piagam_pencanangan", "tidak-ada.pdf"), 2, "bad_input"),
    (("document", "add", "RSUD-2026", "piagam_pencanangan", "."), 2, "bad_input"),
    (("document", "add", "RSUD-2026", "piagam_pencanangan", LINK, "--date", "kemarin"), 2, "usage"),
    (("document", "withdraw", "999", "--reason", "x"), 4, "not_found"),
    (("document", "withdraw", "satu"), 2, "usage"),
    (("finding", "close", "999"), 4, "not_found"),
    (("cycle", "open", "CONTOH", "1999"), 2, "bad_input"),
    (("cycle", "open", "TIDAK", "2027"), 4, "not_found"),
    (("cycle", "open", "CONTOH", "2027", "--ruleset", "permen-1-1945"), 2, "usage"),
    (("cycle", "open", "CONTOH", "2027", "--ruleset", "permen-90-2021", "--route", "own"), 2, "bad_input"),
    (("user", "grant", "kepala@contoh.invalid", "raja", "--agency", "CONTOH"), 2, "usage"),
    (("user", "grant", "kepala@contoh.invalid", "pokja", "--agency", "CONTOH"), 2, "bad_input"),
    (("user", "grant", "hantu@contoh.invalid", "tpi", "--agency", "CONTOH"), 4, "not_found"),
    (("user", "add", "bukan-alamat"), 2, "bad_input"),
    (("user", "channel", "add", "kepala@contoh.invalid", "bukan sebuah alamat"), 2, "bad_input"),
    (("import", "planet", "x.csv"), 2, "usage"),
    (("import", "units", "tidak-ada.csv"), 2, "bad_input"),
    (("waiver", "confirm", "RSUD-2026", "afirmasi"), 4, "not_found"),
    (("waiver", "request", "RSUD-2026", "ajaib", "--document", LINK), 2, "usage"),
    (("terbang",), 2, "usage"),
    (("candidacy", "terbang"), 2, "usage"),
]


class TestBadWords:
    """Each is a document with a code, a message and a fix; nothing is written."""

    @pytest.mark.parametrize(
        ("words", "code", "kind"),
        UNKNOWN,
        ids=lambda value: " ".join(value)[:50] if isinstance(value, tuple) else str(value),
    )
    def test_is_said_in_one_document(self, zi: Shell, words: tuple[str, ...], code: int, kind: str) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_=K)
        before = zi.json("audit", "verify")["records"]
        zi.environment["ZI_ACTOR"] = "koordinator@contoh.invalid"

        document = zi.json(*words, code=code)

        error = document["error"]
        assert error["code"] == kind
        assert error["message"].strip() and error["fix"].strip()
        assert zi.json("audit", "verify")["records"] == before

    def test_people_read_one_line(self, zi: Shell) -> None:
        answer = zi("candidacy", "show", "TIDAK-2026")
        assert (answer.code, answer.out) == (4, "")
        assert answer.err == ("Tidak ada pencalonan dengan kode TIDAK-2026. Lihat daftarnya: zi candidacy list.\n")

    def test_in_english_where_that_is_set(self, zi: Shell) -> None:
        zi.environment["ZI_LANG"] = "en"
        assert zi.process("candidacy", "show", "TIDAK-2026").err.startswith("No candidacy has the code TIDAK-2026.")

    def test_who_records_must_be_named_and_known(self, zi: Shell) -> None:
        words = ("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK")
        assert zi.json(*words, code=2)["error"]["code"] == "usage"
        assert zi.json(*words, as_="hantu", code=4)["error"]["code"] == "not_found"

    def test_an_address_in_other_letters_is_the_same_person(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", "--as", "KOORDINATOR@Contoh.Invalid")


class TestRefused:
    """Rules, roles and the order of days refuse with exit code 3."""

    @pytest.mark.parametrize(
        ("words", "rule", "as_"),
        [
            (("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK"), "candidacy_already_open", K),
            (
                ("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", "--since", "2026-02-03"),
                "date_in_future",
                K,
            ),
            (
                ("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", "--stage", "tpi_assessment"),
                "reason_missing",
                K,
            ),
            (
                (
                    "candidacy",
                    "open",
                    "DINAS",
                    "CONTOH-2026",
                    "--target",
                    "WBK",
                    "--stage",
                    "tpi_assessment",
                    "--reason",
                    "x",
                ),
                "date_missing",
                K,
            ),
            (("candidacy", "move", "RSUD-2026", "withdraw", "--reason", " "), "reason_missing", K),
            (
                ("candidacy", "move", "RSUD-2026", "withdraw", "--reason", "x", "--effective", "2026-02-03"),
                "date_in_future",
                K,
            ),
            (
                ("candidacy", "move", "RSUD-2026", "withdraw", "--reason", "x", "--effective", "2026-02-01"),
                "date_before_stage",
                K,
            ),
            (("candidacy", "move", "RSUD-2026", "correct", "--reason", "x"), "nothing_to_correct", K),
            (("candidacy", "move", "RSUD-2026", "propose"), "move_not_from_here", K),
            (("cycle", "open", "CONTOH", "2026"), "cycle_already_open", K),
            (("document", "add", "RSUD-2026", "lhe", LINK), "role_needed", K),
            (("document", "add", "RSUD-2026", "piagam_pencanangan", LINK, "--date", "2026-02-03"), "date_in_future", K),
            (("user", "grant", "auditor@contoh.invalid", "admin"), "role_needed", K),
            (("finding", "add", "RSUD-2026", "temuan"), "role_needed", "auditor"),
            (("finding", "add", "RSUD-2026", " "), "finding_without_text", "tpi"),
        ],
        ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else str(value),
    )
    def test_names_its_rule(self, zi: Shell, words: tuple[str, ...], rule: str, as_: str) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_=K)

        document = zi.json(*words, as_=as_, code=3)

        assert [refusal["rule"] for refusal in document["refused"]] == [rule]
        assert zi.json("audit", "log", "--last", "1")["records"][0]["action"] == "refused"

    def test_a_document_given_twice(self, zi: Shell) -> None:
        path = zi.file("piagam.pdf", b"%PDF-1.7 piagam")
        zi.json("document", "add", "CONTOH", "piagam_pencanangan", path, as_=K)
        document = zi.json("document", "add", "CONTOH", "piagam_pencanangan", path, as_=K, code=3)
        assert document["refused"][0]["rule"] == "document_given_twice"

    def test_the_last_koordinator_stays_while_a_candidacy_is_open(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_=K)
        zi.json("user", "end", "koordinator2@contoh.invalid", "koordinator", "--agency", "CONTOH", as_="admin")
        document = zi.json(
            *("user", "end", "koordinator@contoh.invalid", "koordinator", "--agency", "CONTOH"), as_="admin", code=3
        )
        assert document["refused"][0]["rule"] == "last_koordinator"

    def test_a_channels_address_is_never_repeated(self, zi: Shell) -> None:
        answer = zi("user", "channel", "add", "kepala@contoh.invalid", "salah://rahasia:sandi@x", "--json", as_="admin")
        assert answer.code == 2
        assert "rahasia" not in answer.out + answer.err


class TestFiles:
    """Empty and oversized files are refused; the limit itself is not."""

    @pytest.mark.parametrize(("size", "code"), [(0, 2), (1, 0), (1024 * 1024, 0), (1024 * 1024 + 1, 2)])
    def test_size(self, zi: Shell, size: int, code: int) -> None:
        zi.environment["ZI_UPLOAD_LIMIT_MIB"] = "1"
        path = zi.file("piagam.pdf", b"x" * size)
        zi.json("document", "add", "CONTOH", "piagam_pencanangan", path, as_=K, code=code)
        stored = [entry for entry in (zi.home / "files").rglob("*") if entry.is_file()]
        assert len(stored) == (1 if code == 0 else 0)


class TestHome:
    """Only `zi init` makes a home; whatever is wrong with one is said before anything is done."""

    def test_none_yet(self, shell: Shell) -> None:
        assert shell.json("candidacy", "list", code=1)["error"]["code"] == "not_initialised"
        assert not shell.home.exists()

    def test_init_twice(self, zi: Shell) -> None:
        assert zi.json("init", "--admin", "a@contoh.invalid", code=2)["error"]["code"] == "bad_input"

    def test_init_in_a_folder_with_other_things(self, shell: Shell) -> None:
        shell.home.mkdir()
        (shell.home / "surat.txt").write_text("milik orang lain")
        assert shell.json("init", "--admin", "a@contoh.invalid", code=2)["error"]["code"] == "bad_input"
        assert [entry.name for entry in shell.home.iterdir()] == ["surat.txt"]

    def test_init_where_nothing_can_be_written(self, shell: Shell) -> None:
        (shell.folder / "berkas").write_text("bukan folder")
        shell.home = shell.folder / "berkas" / "rumah"
        assert shell.json("init", "--admin", "a@contoh.invalid", code=1)["error"]["code"] == "storage"

    def test_init_beside_a_database_that_has_a_home(self, zi: Shell) -> None:
        zi.environment["ZI_DATABASE_URL"] = zi.database_url
        zi.home = zi.folder / "rumah-kedua"
        words = ("init", "--admin", "penyusup@contoh.invalid", "--sandbox")
        assert zi.json(*words, code=2)["error"]["code"] == "bad_input"
        assert not zi.home.exists()

    def test_init_with_a_bad_address_leaves_nothing(self, shell: Shell) -> None:
        assert shell.json("init", "--admin", "bukan-alamat", code=2)["error"]["code"] == "bad_input"
        assert not shell.home.exists()

    def test_init_with_a_database_out_of_reach_leaves_nothing(self, shell: Shell) -> None:
        shell.environment["ZI_DATABASE_URL"] = "postgresql+psycopg://zi@127.0.0.1:1/zi"
        words = ("init", "--admin", "a@contoh.invalid", "--sandbox")
        assert shell.json(*words, code=1)["error"]["code"] == "storage"
        assert not shell.home.exists()

    def test_init_for_work_with_a_moved_clock_leaves_nothing(self, shell: Shell) -> None:
        assert shell.json("init", "--admin", "a@contoh.invalid", code=2)["error"]["code"] == "usage"
        assert not shell.home.exists()

    def test_keys_are_their_owners_alone(self, zi: Shell) -> None:
        assert (zi.home / "keys" / "channels.key").stat().st_mode & 0o777 == 0o600
        assert zi.home.stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize(("revision", "kind"), [("9999", "schema_new"), (None, "not_initialised")])
    def test_a_database_of_another_shape(self, zi: Shell, revision: str | None, kind: str) -> None:
        if revision is None:
            zi.sql("DROP TABLE alembic_version")
        else:
            zi.sql("UPDATE alembic_version SET version_num = :it", it=revision)
        assert zi.json("candidacy", "list", code=1)["error"]["code"] == kind

    @pytest.mark.about_sqlite("where the file decides; on PostgreSQL the role does")
    def test_a_database_that_may_only_be_read(self, zi: Shell) -> None:
        zi.environment["ZI_DATABASE_URL"] = f"sqlite:///file:{zi.home / 'zi.db'}?mode=ro&uri=true"
        assert zi.json("candidacy", "list")["candidacies"] == []
        document = zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_=K, code=1)
        assert document["error"]["code"] == "storage"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ZI_LANG", "jv"),
            ("ZI_UPLOAD_LIMIT_MIB", "banyak"),
            ("ZI_CLOCK", "kemarin"),
            ("ZI_DATABASE_URL", "bukan url"),
            ("ZI_DATABASE_URL", "mysql://zi@127.0.0.1/zi"),
            ("ZI_POOL_SIZE", "0"),
        ],
    )
    def test_a_setting_that_can_not_be_used(self, zi: Shell, name: str, value: str) -> None:
        zi.environment[name] = value
        assert zi.json("candidacy", "list", code=2)["error"]["code"] == "usage"

    def test_a_broken_settings_file(self, zi: Shell) -> None:
        zi.file("zi.toml", "ini bukan toml")
        assert zi.json("candidacy", "list", code=2)["error"]["code"] == "usage"


class TestClock:
    """The clock is moved in a sandbox only, and never behind what is recorded."""

    def test_not_in_a_home_for_work(self, zi: Shell) -> None:
        marker = zi.home / MARKER
        marker.write_text(json.dumps({**json.loads(marker.read_text()), "sandbox": False}))
        assert zi.json("candidacy", "list", code=2)["error"]["code"] == "usage"

    def test_behind_the_last_record(self, zi: Shell) -> None:
        zi.environment["ZI_CLOCK"] = "2026-01-30T02:00:00Z"
        document = zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_=K, code=1)
        assert document["error"]["code"] == "clock"
        assert zi.json("candidacy", "list")["candidacies"] == []


class TestImportErrors:
    """File, row, column and value are named; nothing is imported."""

    def test_every_fault_is_named(self, zi: Shell) -> None:
        path = zi.file(
            "units.csv",
            "code,name,agency,parent,kind,core_service\nPKM A,Puskesmas,CONTOH,,,\nPKM-B,,TIDAK,,,\n",
        )

        error = zi.json("import", "units", path, as_="admin", code=2)["error"]

        assert error["code"] == "bad_input"
        found = [(one["file"], one["row"], one["column"], one["value"]) for one in error["details"]]
        assert found == [
            ("units.csv", 2, "code", "PKM A"),
            ("units.csv", 3, "agency", "TIDAK"),
            ("units.csv", 3, "name", ""),
        ]
        assert all(one["why"] for one in error["details"])

    def test_a_dry_run_shows_and_keeps_nothing(self, zi: Shell) -> None:
        path = zi.file(
            "units.csv", CONTOH["units"].replace("Dinas Contoh", "Dinas Baru") + "PKM,Puskesmas,CONTOH,DINAS,,\n"
        )

        report = zi.json("import", "units", path, "--dry-run", as_="admin")

        assert (report["created"], report["updated"], report["unchanged"]) == (1, 1, 1)
        [updated] = [change for change in report["changes"] if change["what"] == "updated"]
        assert updated["fields"] == [{"name": "name", "before": "Dinas Contoh", "after": "Dinas Baru"}]
        assert zi.json("import", "units", path, as_="admin")["created"] == 1

    def test_the_calendar_moves_what_is_due(self, zi: Shell) -> None:
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_=K)
        path = zi.file("calendar.csv", CALENDAR.replace("2026-02-27", "13/03/2026"))

        zi.json("import", "calendar", path, as_=K)

        assert zi.json("candidacy", "list")["candidacies"][0]["due"] == "2026-03-13"


class TestColdStart:
    """Prefect is slow to import; a command that does not need it does not bring it."""

    def test_candidacy_list_imports_no_prefect(self, zi: Shell) -> None:
        script = (
            "import sys; sys.argv = ['zi', 'candidacy', 'list', '--json']\n"
            "from zi.main import main\n"
            "try:\n    main()\n"
            "except SystemExit as end:\n    assert not end.code, end.code\n"
            "slow = {'prefect', 'apprise', 'alembic', 'holidays', 'fastapi'} & set(sys.modules)\n"
            "assert not slow, slow\n"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, **zi.variables},
            cwd=zi.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
