// What hostile octets are put through: by libFuzzer for hours (drivers/), by the ordinary tests for a moment.
// What must hold of any input is checked; a breach throws std::logic_error.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace custdkim::test {

// Reads the octets as an answer from a server; and once more, with an honest header and question put in front
// of them, so that what is wrong deeper inside is met, too: octet 0 selects the type that was asked for,
// octets 1 and 2 are the flags, 3 to 6 the sizes of the sections (two for the answer's); the sections follow.
void try_message(std::span<const std::uint8_t> input);

// Whether try_message() would come upon a DS that matches a DNSKEY.
bool has_matching_ds(std::span<const std::uint8_t> input);

// Reads the octets as a name in presentation form.
void try_name(std::span<const std::uint8_t> input);

// Takes each line of the octets for a request of PowerDNS, all of one conversation about fixed zones.
void try_request(std::span<const std::uint8_t> input);

// Reads the octets as the zone file of a zone that is then served.
void try_zone_file(std::span<const std::uint8_t> input);

// Reads the octets as a request to the HTTP connector: a line "VERB TARGET", headers up to an empty line, a
// body.
void try_http_path(std::span<const std::uint8_t> input);

// Inputs to begin with.
std::vector<std::string> message_seeds();
std::vector<std::string> name_seeds();
std::vector<std::string> request_seeds();  // tests/transcripts
std::vector<std::string> zone_file_seeds();
std::vector<std::string> http_path_seeds();

}  // namespace custdkim::test
