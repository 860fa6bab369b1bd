"""What many runs come to: each module one question, asked of Postgres in one statement, answered with its n."""
