"""Everything that can go wrong and is ours to explain, in one tree, in the lowest room so that all can use it.

ZhijiaoError            its text is for a person: it names the thing and says what to do
├── SettingsError       a wrong option in zhijiao.toml or the environment
├── CatalogueError      a mistake in a site's TOML (file, key, suggestion)
├── SchemaError         the database is older or newer than this program
├── ArchiveError        a raw page cannot be read again
│   └── PageGone        its file is not there any more
├── DatabaseAway        the database has gone away: nothing was stored, and nobody is to blame
├── LeaseLost           another process holds the host now: nothing may be stored under the old token
└── PublishError        a feed that would have been broken was not published
"""


class ZhijiaoError(Exception):
    pass


class SettingsError(ZhijiaoError):
    pass


class CatalogueError(ZhijiaoError):
    pass


class SchemaError(ZhijiaoError):
    pass


class ArchiveError(ZhijiaoError):
    pass


class PageGone(ArchiveError):  # noqa: N818 - files are moved away and forgotten in due time
    pass


class DatabaseAway(ZhijiaoError):  # noqa: N818 - as LeaseLost
    pass


class LeaseLost(ZhijiaoError):  # noqa: N818 - says what happened; the contract of the rooms names it
    pass


class PublishError(ZhijiaoError):
    pass
