"""A newspaper page as lines comes apart into its articles: `qa.articles.page.split`."""
