"""From the Run to text or bytes; no module here knows pytest."""
