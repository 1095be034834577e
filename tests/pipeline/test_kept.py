from ghapp.pipeline.kept import SHORT, kept, remembered
from ghapp.pipeline.source import Source


def test_what_is_said_of_a_thing_is_found_out_once() -> None:
    asked: list[str] = []

    @kept
    def length(source: Source) -> int:
        asked.append(source.path)
        return len(source.text)

    one, other = Source("one", "12"), Source("other", "123")

    assert [length(one), length(one), length(other)] == [2, 2, 3]
    assert asked == ["one", "other"]


def test_only_short_texts_are_remembered() -> None:
    asked: list[str] = []

    @remembered
    def first(text: str) -> str:
        asked.append(text)
        return text[0]

    long = "b" * (SHORT + 1)

    assert [first(each) for each in ("a", "a", long, long)] == ["a", "a", "b", "b"]
    assert asked == ["a", long, long]
