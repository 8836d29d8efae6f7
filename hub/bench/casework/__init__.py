"""Benches of cases, of the queue and of the search: stores of many cases beside their floors."""
