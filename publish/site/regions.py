"""Names of provinces and cities, told from the stories that lie in them and then remembered."""

from publish.feeds.regions import city_of, province_of
from storage import articles, cards, selections
from storage.database import Database
from storage.records import Selection


class Regions:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._names: dict[str, str] = {}

    def name(self, adcode: str) -> str:
        """青川省 for 990000; the code itself where no story lies there."""
        if adcode not in self._names and (told := self._told(adcode)):
            self._names[adcode] = told
        return self._names.get(adcode, adcode)

    def _told(self, adcode: str) -> str | None:
        with self._database.read() as db:
            lying = map(cards.story_at, selections.places(db, Selection(region=adcode), 1))
            regions = [region for story in lying for one in articles.of_story(db, story) for region in one.regions]
        exact = next((name for name, code in regions if code == adcode), None)
        return exact or (province_of if adcode.endswith("0000") else city_of)(adcode, regions)
