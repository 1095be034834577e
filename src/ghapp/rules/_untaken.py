from ghapp.pipeline import Job, Pipeline


def jobs_as_written(pipeline: Pipeline) -> list[Job]:
    return list(pipeline.jobs)
