"""HTTP: health, and the routes that other channels bring along."""
