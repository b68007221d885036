"""The loops: worker, feeder, reaper. They name no adapter; `bootstrap` gives them theirs."""
