"""The BPMN platform. Nothing in here knows what a tender is."""
