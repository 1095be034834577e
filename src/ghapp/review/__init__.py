"""What happens when a pull request arrives.

`reviewer` gives each delivery, as a `case`, to who answers its kind. `reviewing` has `gathering` read the pull request
into a `snapshot`, has the `workbench` `judge` it in a process of its own, and has `posting` write the verdict.
`commands` does what people ask for in a `talk`. Import the modules: the judging process needs only its own.
"""
