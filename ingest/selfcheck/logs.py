"""Which public logs the selfcheck reads: repository, commit, path and SHA-256 of each file. None of them is in here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Log:
    """A file of a public repository; `name` is where it lies below the data folder.

    `repository` is None for what no repository has: results of executing samples, which is not done here.
    """

    name: str
    sha256: str
    repository: str | None = None
    commit: str = ""
    path: str = ""
    licence: str = ""

    @property
    def address(self) -> str | None:
        """Where it lies at the repository's host, below the host's address."""
        return f"{self.repository}/{self.commit}/{self.path}" if self.repository else None


_TOT = ("princeton-nlp/tree-of-thought-llm", "ab400345c5ea39d28ea6d7d3be0e417b11113c87")
_REFLEXION = ("noahshinn/reflexion", "218cf0ef1df84b05ce379dd4a8e47f17766733a0")
_SWE = ("SWE-agent/SWE-agent", "3ea751c087f32b16e039a2233dd6eefecef325d5")
_RUNS = "programming_runs/root"

LOGS = (
    Log(
        "tot_game24/io_100.json",
        "1147c5c0bd61d59ce7320bb11dd2b897f56cf19e1dade865bf4649f63173169d",
        *_TOT,
        "logs/game24/gpt-4_0.7_naive_standard_sample_100_start900_end1000.json",
        "MIT",
    ),
    Log(
        "tot_game24/cot_100.json",
        "fd2850ed9f9265129d9dca1d9de306e2026bdf0e367668eb99146e64922d6824",
        *_TOT,
        "logs/game24/gpt-4_0.7_naive_cot_sample_100_start900_end1000.json",
        "MIT",
    ),
    Log(
        "tot_game24/tot_bfs_b5.json",
        "e08f019024c99e83e540f8feec99acf619f30b0cf047278a03f62ff45888571b",
        *_TOT,
        "logs/game24/gpt-4_0.7_propose1_value3_greedy5_start900_end1000.json",
        "MIT",
    ),
    Log(
        "reflexion_verifier/humaneval_py_reflexion_gpt4.jsonl",
        "548e1a6650265901334e90a98ad7c9dd6752da921b6ded56dd611c142314cd5e",
        *_REFLEXION,
        f"{_RUNS}/reflexion_humaneval_py_pass_at_1/reflexion_humaneval_py_pass_at_1.jsonl",
        "MIT",
    ),
    Log(
        "reflexion_verifier/mbpp_py_reflexion_gpt4.jsonl",
        "346eca9384541ccae9081a79c0446977e9c85536602a3e8b8f8afb9d5e8326cd",
        *_REFLEXION,
        f"{_RUNS}/reflexion_mbpp_py/mbpp-py._reflexion_5_gpt-4_pass_at_k_1_py.jsonl",
        "MIT",
    ),
    Log(
        "reflexion_verifier/mbpp_rs_reflexion_gpt4.jsonl",
        "04a66fdca04e7a8e9e12d05adf5189c9ab54be0016534d1f2e94d142ec59422e",
        *_REFLEXION,
        f"{_RUNS}/reflexion_mbpp_rs/mbpp-rs._reflexion_5_gpt-4_pass_at_k_1_rs.jsonl",
        "MIT",
    ),
    Log(
        "reflexion_verifier/mbpp_py_simple_gpt4.jsonl",
        "d0114e6e74580427a73ad370e663637730b92119b9195b696ee21e75ad99edfa",
        *_REFLEXION,
        f"{_RUNS}/simple_mbpp_py/mbpp-py._simple_1_gpt-4_pass_at_k_1_py.jsonl",
        "MIT",
    ),
    Log(
        "reflexion_verifier/mbpp_rs_simple_gpt4.jsonl",
        "6812dacd22c06803f19da0a13dc554518d970c69c12b2a5c537f1ad0809c94d8",
        *_REFLEXION,
        f"{_RUNS}/simple_mbpp_rs/mbpp-rs._simple_1_gpt-4_pass_at_k_1_rs.jsonl",
        "MIT",
    ),
    Log(
        "tau_bench_airline/gpt-4o-airline.json",
        "e9e6c0297660c537f83d4fd9c476ce7a9a86ecd2784874b7bfc13be598e37bfa",
        "sierra-research/tau-bench",
        "59a200c6d575d595120f1cb70fea53cef0632f6b",
        "historical_trajectories/gpt-4o-airline.json",
        "MIT",
    ),
    Log(
        "codet_humaneval/code_solution_codegen16B_n100.jsonl",
        "239b84349993c19a98bc4bf96a9a9ac47908125b3242db72788471e6c58728d5",
        "microsoft/CodeT",
        "35f54d60b152cc31d134b788e702878ad613d9f7",
        "CodeT/data/generated_data/"
        "HumanEval_codegen16B_temp0.8_topp0.95_num100_max300_code_solution.jsonl",
        "MIT",
    ),
    Log(
        "codet_humaneval/DERIVED_sample_results.csv",
        "929a42472886ad4aefc5d94abaab8b7872b89e1818eb11bbcae27f96828d37ae",
    ),
    Log(
        "gsm8k_verifier/example_model_solutions.jsonl",
        "4bc62db838f8418365d51c627bd66294cbdca9fb7f01519cb13f0dce8c51580b",
        "openai/grade-school-math",
        "3101c7d5072418e28b9008a6636bde82a006892c",
        "grade_school_math/data/example_model_solutions.jsonl",
        "MIT",
    ),
    Log(
        "swe_agent_traj/pydicom__pydicom-1458.traj",
        "f081b131803e16ed68cf2c65bedff8e8a60be494c98b141d0af44ce28ae56b74",
        *_SWE,
        "tests/test_data/trajectories/gpt4__swe-bench-dev-easy_first_only__default__t-0.00__p-0.95"
        "__c-3.00__install-1/pydicom__pydicom-1458.traj",
        "MIT",
    ),
    Log(
        "swe_agent_traj/marshmallow-1867_replay.traj",
        "cb042a1bd789bfd699f90afd8641f2a64336c7829369c7342b7a66ad4efa695f",
        *_SWE,
        "trajectories/demonstrations/replay__marshmallow-code__marshmallow-1867__function_calling_"
        "replace_from_source/marshmallow-code__marshmallow-1867.traj",
        "MIT",
    ),
    Log(
        "lats_mcts/webshop_mcts.log",
        "4b18fe45184ac67739e179cf7c0badd1b80eff7a554af80ac76dc995795fb530",
        "lapisrocks/LanguageAgentTreeSearch",
        "853d81614607dd27433faf17c7b0a7d660f95d22",
        "webshop/logs/example.log",
        "MIT",
    ),
    Log(
        "aider_polyglot/polyglot_leaderboard.yml",
        "85a50b25953512d18ba4bb0c23c0b8e626fcf9a5b52d287644b8a0b44b9535de",
        "Aider-AI/aider",
        "5dc9490bb35f9729ef2c95d00a19ccd30c26339c",
        "aider/website/_data/polyglot_leaderboard.yml",
        "Apache-2.0",
    ),
)
BY_NAME = {log.name: log for log in LOGS}
