"""The archive (一企一档): the park's master data and the registry topics that carry it to every other service."""
