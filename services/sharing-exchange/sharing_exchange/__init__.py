"""sharing-exchange: what other platforms may take: a catalogue, and pulls that never miss a change."""
