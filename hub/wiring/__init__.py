"""The composition root by subject: settings become objects. Nothing here decides."""
