"""The page in Debian's Chromium, driven by Playwright; what is vendored here is for tests only."""
