//! The world: day and night, seasons, zones, bosses, resources, events.
