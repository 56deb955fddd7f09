"""Who asks: `channel` serves jobs for any channels; `site` is the same for one site by hand (`scrapy crawl SITE`)."""
