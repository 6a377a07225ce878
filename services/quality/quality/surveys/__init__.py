"""Manual campaigns: storage and HTTP of what `quality.domain.surveys` judges."""
