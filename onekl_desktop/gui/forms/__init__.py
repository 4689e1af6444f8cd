"""Forms made from declared inputs."""
