"""Which servers the MongoDB engine accepts."""

from __future__ import annotations

import pytest

from hub.store.documents import Refused, StoreUnavailable
from hub.store.mongo import open_mongo
from hub.store.mongo.server import check_server, split_test_option
from tests.contract.nx import REAL_SERVER
from tests.contract.store.declared import COLLECTIONS, StandingClock
from tests.ports import silent_port


@pytest.mark.mongodb
@pytest.mark.skipif(bool(REAL_SERVER), reason="a replica set is accepted, and rightly")
async def test_a_standalone_server_is_refused_with_the_mend(mongo_url: str) -> None:
    url, allowed = split_test_option(mongo_url)
    assert allowed
    with pytest.raises(Refused, match=r"rs\.initiate"):
        await open_mongo(url, "refused", COLLECTIONS, clock=StandingClock())


def test_replica_sets_and_sharded_clusters_are_accepted() -> None:
    assert check_server({"setName": "rs0"}, standalone_allowed=False)
    assert check_server({"msg": "isdbgrid"}, standalone_allowed=False)
    assert not check_server({"isWritablePrimary": True}, standalone_allowed=True)


def test_our_option_never_reaches_the_driver() -> None:
    url = "mongodb://a:1,b:2/?replicaSet=rs0&hubStandalone=test&tls=true"
    assert split_test_option(url) == ("mongodb://a:1,b:2/?replicaSet=rs0&tls=true", True)
    assert split_test_option("mongodb://a/?hubStandalone=yes") == ("mongodb://a/", False)


async def test_a_wrong_url_is_refused_and_a_silent_server_unavailable() -> None:
    with pytest.raises(Refused):
        await open_mongo("http://example.invalid/", "x", COLLECTIONS, clock=StandingClock())
    with silent_port() as port:
        nobody = f"mongodb://127.0.0.1:{port}/?serverSelectionTimeoutMS=200&hubStandalone=test"
        with pytest.raises(StoreUnavailable):
            await open_mongo(nobody, "x", COLLECTIONS, clock=StandingClock())
