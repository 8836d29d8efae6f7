"""Published items as feeds: warnings and law education for readers and other systems."""

from channels.feed.item import FeedItem, FeedMeta

__all__ = ["FeedItem", "FeedMeta"]
