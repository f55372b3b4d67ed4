#include "zone/static_zone.hpp"

namespace custdkim {

class ZoneContents {};

StaticZone::~StaticZone() = default;
Result<std::unique_ptr<StaticZone>> StaticZone::open(dns::Name, std::filesystem::path file, std::uint32_t) {
    return invalid(file.string() + ": static zones are not built in yet");
}
Result<bool> StaticZone::reload() { return false; }
Serial StaticZone::serial() const { return 0; }
std::size_t StaticZone::record_count() const { return 0; }
void StaticZone::lookup(std::string_view, std::string_view, RecordSink&) const {}
void StaticZone::list(RecordSink&) const {}
std::optional<Neighbours> StaticZone::neighbours(std::string_view) const { return std::nullopt; }
void StaticZone::set_hashing(std::optional<Hashing>) {}

}  // namespace custdkim
