"""A link is told from a key: the same each time, of one question alone, and ended with all others of its candidacy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.database import reading
from models.errors import NotFound, Refused, StorageFailed
from models.link_key import link_key
from states.portal.links import LinkTo, claim_of, generations, is_right, link_token, revoke_links
from tests.office import Office
from tests.portals import KEY, id_of, proposed

targets = st.builds(LinkTo, st.integers(1, 2**40), st.from_regex(r"[A-Z](\.[A-Za-z0-9]{1,4}){0,5}", fullmatch=True))


class TestToken:
    """Says where it leads, and proves that it is ours."""

    @given(targets, st.integers(1, 50))
    def test_leads_where_it_says(self, to: LinkTo, generation: int) -> None:
        token = link_token(KEY, to, generation)

        assert claim_of(token) == to
        assert is_right(KEY, token, to, generation)

    @given(targets, targets, st.integers(1, 50))
    def test_opens_nothing_else(self, to: LinkTo, other: LinkTo, generation: int) -> None:
        token = link_token(KEY, to, generation)

        assert not is_right(KEY, token, to, generation + 1)
        assert not is_right(b"1" * 32, token, to, generation)
        assert to == other or not is_right(KEY, token, other, generation)
        proof = token.rpartition(".")[2]
        assert to == other or not is_right(KEY, f"{other.candidacy_id}.{other.question}.{proof}", other, generation)

    @pytest.mark.parametrize("token", ["", ".", "1", "1.A", "x.A.b", "².A.b", "1..b", "1.A.", "9" * 30 + ".A.b"])
    def test_that_is_none_claims_nothing(self, token: str) -> None:
        assert claim_of(token) is None


class TestRevoking:
    """A koordinator's right; it counts for this candidacy alone."""

    def test_ends_those_of_one_candidacy(self, both_offices: Office) -> None:
        one, other = proposed(both_offices), proposed(both_offices, "DINAS")

        revoke_links(one, actor=both_offices.actor("koordinator"), now=both_offices.now)
        revoke_links(one.lower(), actor=both_offices.actor("admin"), now=both_offices.now)

        with reading() as session:
            assert generations(session, [id_of(one), id_of(other)]) == {id_of(one): 3, id_of(other): 1}

    @pytest.mark.parametrize("who", ["kepala", "pokja", "tpi", "auditor", "pimpinan"])
    def test_is_not_for_others(self, office: Office, who: str) -> None:
        code = proposed(office)

        with pytest.raises(Refused):
            revoke_links(code, actor=office.actor(who), now=office.now)

    def test_needs_a_candidacy(self, office: Office) -> None:
        with pytest.raises(NotFound):
            revoke_links("TIDAK-2026", actor=office.actor("admin"), now=office.now)


class TestKey:
    """Made once, for its owner's eyes only."""

    def test_is_made_where_there_is_none(self, tmp_path: Path) -> None:
        path = tmp_path / "links.key"

        key = link_key(path)

        assert len(key) == 32
        assert link_key(path) == key
        assert path.stat().st_mode & 0o777 == 0o600
        assert [one.name for one in tmp_path.iterdir()] == ["links.key"]

    @pytest.mark.parametrize("content", ["", "zz", "00ff"])
    def test_that_can_not_be_one_is_not_used(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "links.key"
        path.write_text(content)

        with pytest.raises(StorageFailed):
            link_key(path)

    def test_in_no_folder_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(StorageFailed):
            link_key(tmp_path / "nowhere" / "links.key")
