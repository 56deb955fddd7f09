"""READ: other people's websites. The only room that imports Scrapy.

`sources/` (data) is read by `catalogue`, each file against `sitefile`, and edited by `switches`. `run` (or `loader`,
behind `scrapy crawl`) sets up a `desk` and starts a spider (`spiders/`), which serves jobs (`events`): for each a
`visit`, which takes a `look` at the list page, reads the articles through `reading` and `pages/`, and hands them over
(`handover`) to the pipeline.
`leases` and `middlewares/` decide whether a host may be asked; `ledger` writes down what came of it, `due` says when to
ask again, `failures` and `tally` why and how often something did not work.
"""
