// JourneyRuntime
