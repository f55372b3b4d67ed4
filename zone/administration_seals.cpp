#include "zone/administration_seals.hpp"

#include <algorithm>
#include <initializer_list>

namespace custdkim {

namespace {

constexpr std::size_t length_size = 4;

// Each text behind its length, so that no two lists of texts look alike.
SecretBytes pack(std::span<const std::string> texts) {
    std::size_t size = 0;
    for (const std::string& text : texts) size += length_size + text.size();
    SecretBytes packed(size);
    std::uint8_t* at = packed.data();
    for (const std::string& text : texts) {
        for (std::size_t shift = 8 * length_size; shift > 0; shift -= 8) {
            *at++ = static_cast<std::uint8_t>(text.size() >> (shift - 8));
        }
        at = std::copy(text.begin(), text.end(), at);
    }
    return packed;
}

std::optional<std::vector<std::string>> unpack(std::span<const std::uint8_t> packed) {
    std::vector<std::string> texts;
    while (!packed.empty()) {
        if (packed.size() < length_size) return std::nullopt;
        std::size_t size = 0;
        for (const std::uint8_t octet : packed.first(length_size)) size = size << 8 | octet;
        packed = packed.subspan(length_size);
        if (packed.size() < size) return std::nullopt;
        texts.emplace_back(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size));
        packed = packed.subspan(size);
    }
    return texts;
}

Bytes context(std::initializer_list<std::string> parts) {
    const SecretBytes packed = pack({parts.begin(), parts.size()});
    return {packed.span().begin(), packed.span().end()};
}

Bytes metadata_context(const dns::Name& zone, std::string_view kind) {
    return context({"custdkim metadata v1", zone.text(), std::string(kind)});
}

Bytes domain_key_context(const dns::Name& zone, std::uint16_t flags) {
    return context({"custdkim DNSSEC key v1", zone.text(), std::to_string(flags)});
}

Bytes tsig_key_context(const std::string& name, const std::string& algorithm) {
    return context({"custdkim TSIG key v1", name, algorithm});
}

Error tampered(const std::string& what) {
    return {Errc::corrupt, what +
                               " in the store was altered there, or moved from elsewhere; restore the "
                               "store from a backup"};
}

}  // namespace

Bytes AdministrationSeals::seal_metadata(const dns::Name& zone, std::string_view kind,
                                         const MetadataValues& values) const {
    return sealer_.seal(pack(values).span(), metadata_context(zone, kind));
}

Bytes AdministrationSeals::seal_domain_key(const dns::Name& zone, const DomainKey& key) const {
    return sealer_.seal(key.content.span(), domain_key_context(zone, key.flags));
}

Bytes AdministrationSeals::seal_tsig_key(const TsigKey& key) const {
    return sealer_.seal(key.secret.span(), tsig_key_context(key.name, key.algorithm));
}

Result<MetadataValues> AdministrationSeals::open_metadata(const dns::Name& zone,
                                                          const SealedMetadata& sealed) const {
    const auto opened = sealer_.open(sealed.values, metadata_context(zone, sealed.kind));
    auto values = opened ? unpack(opened->span()) : std::nullopt;
    if (!values) return tampered("the metadata " + sealed.kind + " of " + zone.text());
    return std::move(*values);
}

Result<DomainKey> AdministrationSeals::open_domain_key(const dns::Name& zone,
                                                       const SealedDomainKey& sealed) const {
    auto opened = sealer_.open(sealed.content, domain_key_context(zone, sealed.flags));
    if (!opened) {
        return tampered("the DNSSEC key " + std::to_string(sealed.id) + " of " + zone.text());
    }
    return DomainKey{sealed.id, sealed.flags, sealed.active, sealed.published, std::move(*opened)};
}

Result<TsigKey> AdministrationSeals::open_tsig_key(const SealedTsigKey& sealed) const {
    auto opened = sealer_.open(sealed.content, tsig_key_context(sealed.name, sealed.algorithm));
    if (!opened) return tampered("the TSIG key " + sealed.name);
    return TsigKey{sealed.name, sealed.algorithm, std::move(*opened)};
}

}  // namespace custdkim
