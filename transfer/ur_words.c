/* ur_words.c -- bytes as letters: see ur.h, FORMATS 10.42. */
#include <ctype.h>
#include <string.h>

#include "transfer/crc32.h"
#include "transfer/ur.h"

#define WORD ((size_t)4) /* letters */
#define LETTERS 26
#define CHECK 4	   /* bytes: CRC-32, big-endian */

/* BCR-2020-012: word n stands for byte n, and its first and last letter for
 * the word. */
static const char words[] =
	"ableacidalsoapexaquaarchatomauntawayaxisbackbaldbarnbeltbetabias"
	"bluebodybragbrewbulbbuzzcalmcashcatschefcityclawcodecolacookcost"
	"cruxcurlcuspcyandarkdatadaysdelidicedietdoordowndrawdropdrumdull"
	"dutyeacheasyechoedgeepicevenexamexiteyesfactfairfernfigsfilmfish"
	"fizzflapflewfluxfoxyfreefrogfuelfundgalagamegeargemsgiftgirlglow"
	"goodgraygrimgurugushgyrohalfhanghardhawkheathelphighhillholyhope"
	"hornhutsicedideaidleinchinkyintoirisironitemjadejazzjoinjoltjowl"
	"judojugsjumpjunkjurykeepkenokeptkeyskickkilnkingkitekiwiknoblamb"
	"lavalazyleaflegsliarlimplionlistlogoloudloveluaulucklungmainmany"
	"mathmazememomenumeowmildmintmissmonknailnavyneednewsnextnoonnote"
	"numbobeyoboeomitonyxopenovalowlspaidpartpeckplaypluspoempoolpose"
	"puffpumapurrquadquizraceramprealredorichroadrockroofrubyruinruns"
	"rustsafesagascarsetssilkskewslotsoapsolosongstubsurfswantacotask"
	"taxitenttiedtimetinytoiltombtoystriptunatwinuglyundouniturgeuser"
	"vastveryvetovialvibeviewvisavoidvowswallwandwarmwaspwavewaxywebs"
	"whatwhenwhizwolfworkyankyawnyellyogayurtzapszerozestzinczonezoom";

static void
checksum(const uint8_t *data, size_t len, uint8_t out[CHECK])
{
	const uint32_t sum = crc32_of(data, len);

	for (unsigned i = 0; i < CHECK; i++)
		out[i] = (uint8_t)(sum >> (24 - 8 * i));
}

static char *
put(const uint8_t *data, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		*out++ = (char)toupper(words[WORD * data[i]]);
		*out++ = (char)toupper(words[WORD * data[i] + WORD - 1]);
	}
	return out;
}

void
ur_words(const uint8_t *data, size_t len, char *out)
{
	uint8_t sum[CHECK];

	checksum(data, len, sum);
	out = put(sum, sizeof(sum), put(data, len, out));
	*out = '\0';
}

/* 0..25, or LETTERS. */
static size_t
letter(char c)
{
	if (c >= 'a' && c <= 'z')
		return (size_t)(c - 'a');
	if (c >= 'A' && c <= 'Z')
		return (size_t)(c - 'A');
	return LETTERS;
}

/* Which byte two letters stand for, else -1. */
static void
make_index(int16_t index[LETTERS + 1][LETTERS + 1])
{
	memset(index, 0xff, sizeof(int16_t) * (LETTERS + 1) * (LETTERS + 1));
	for (size_t n = 0; n < 256; n++)
		index[letter(words[WORD * n])]
		    [letter(words[WORD * n + WORD - 1])] = (int16_t)n;
}

enum status
ur_unwords(const char *text, size_t len, uint8_t *out, size_t size,
    size_t *out_len, struct diag *d)
{
	int16_t index[LETTERS + 1][LETTERS + 1], n;
	uint8_t sum[CHECK];

	*out_len = 0;
	if (len % 2 != 0 || len / 2 <= CHECK || len / 2 > size)
		return diag_set(d, ST_FORMAT, "FORMATS 10.42: %zu letters are "
		    "not a frame", len);
	make_index(index);
	for (size_t i = 0; i < len; i += 2) {
		n = index[letter(text[i])][letter(text[i + 1])];
		if (n < 0)
			return diag_set(d, ST_FORMAT, "FORMATS 10.42: two "
			    "characters that stand for no byte");
		out[i / 2] = (uint8_t)n;
	}
	*out_len = len / 2 - CHECK;
	checksum(out, *out_len, sum);
	if (memcmp(sum, out + *out_len, CHECK) != 0)
		return diag_set(d, ST_FORMAT, "FORMATS 10.42: the frame's "
		    "check sum is another");
	return ST_OK;
}
