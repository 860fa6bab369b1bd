"""Messages go to the public internet, and elsewhere only where a setting says so by name."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from traces.outgoing.addresses import BadAddress, Target, is_public, judge, read_target

OUT_OF_BOUNDS = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1"),
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "203.0.113.5"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff0e::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
    *("2001:0:7f00:1::", "2001:db8::1", "::127.0.0.1"),
]


def at(*addresses: str) -> Target:
    return read_target("https://hooks.example.org/x")


def test_it_works() -> None:
    target = read_target("https://Hooks.Example.org/a/b?c=d#e")
    assert target == Target("https", "hooks.example.org", 443, "/a/b?c=d")
    assert target.authority == "hooks.example.org"
    assert read_target("http://[2606:4700::1]:8080").authority == "[2606:4700::1]:8080"
    found = ["93.184.215.14", "2606:4700::1"]
    assert judge(target, [], lambda host, port: found) == found


@pytest.mark.parametrize("address", OUT_OF_BOUNDS)
def test_what_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(BadAddress, match="not of the public internet"):
        judge(at(), [], lambda host, port: [address])


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111"])
def test_what_is_public_is_not(address: str) -> None:
    assert is_public(ip_address(address))


def test_one_address_out_of_bounds_among_many_refuses_the_host() -> None:
    with pytest.raises(BadAddress, match=r"10\.0\.0\.1"):
        judge(at(), [], lambda host, port: ["93.184.215.14", "10.0.0.1"])


@pytest.mark.parametrize("allowed", ["hooks.example.org", "10.0.0.1", "10.0.0.0/8"])
def test_a_setting_allows_a_host_an_address_or_a_network_by_name(allowed: str) -> None:
    assert judge(at(), [allowed], lambda host, port: ["10.0.0.1"]) == ["10.0.0.1"]


@pytest.mark.parametrize("allowed", ["example.org", "hooks.example.org.", "11.0.0.0/8", "*", ""])
def test_what_is_allowed_allows_nothing_else(allowed: str) -> None:
    with pytest.raises(BadAddress):
        judge(at(), [allowed], lambda host, port: ["10.0.0.1"])


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "127.1", "localhost", "[::ffff:7f00:1]"]
)
def test_the_system_resolver_is_asked_before_it_is_judged(host: str) -> None:
    with pytest.raises(BadAddress):
        judge(read_target(f"http://{host}/"), [])


def test_a_host_without_an_address_is_told() -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(BadAddress, match="has no address"):
        judge(at(), [], nothing)
    with pytest.raises(BadAddress, match="has no address"):
        judge(at(), [], lambda host, port: [])


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "hooks.example.org",
            "ftp://a.example",
            "file:///etc/passwd",
            "https://",
            "//a.example",
        ),
        *("https://a b.example", "https://a.example/\r\nHost: b", "https://é.example"),
        *(
            "https://a:b@c.example",
            "https://a@c.example",
            "https://@c.example",
            "https://a.example:0",
        ),
        *("https://a.example:99999", "https://a.example:x", "https://[::1", "javascript:alert(1)"),
        "https://a.example/" + "x" * 2000,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        read_target(url)
