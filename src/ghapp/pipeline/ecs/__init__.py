"""Amazon ECS in a pipeline: what a job deploys, with which image, in which network."""
